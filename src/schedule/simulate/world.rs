//! Feeds that publish: a synthetic model, and traces of what really was published.

/// Seconds of a day.
const DAY: f64 = 86_400.0;

/// Publication times of feeds, in seconds from the start, each feed's sorted.
#[derive(Debug, Clone, PartialEq)]
pub struct World {
    /// One list a feed.
    pub feeds: Vec<Vec<f64>>,
    /// From here on delays and requests are counted; before, policies learn.
    pub from: f64,
    /// Up to here.
    pub to: f64,
}

impl World {
    /// A trace: one line a feed, publication times in minutes; its last `days` are scored.
    ///
    /// # Errors
    /// The line number and word that is no number.
    pub fn trace(text: &str, days: u32) -> Result<Self, String> {
        let mut feeds = Vec::new();
        for (n, line) in text.lines().enumerate() {
            let read = |word: &str| {
                let minutes: f64 =
                    word.parse().map_err(|_| format!("line {}: {word:?} is no number", n + 1))?;
                Ok(minutes * 60.0)
            };
            let mut feed: Vec<f64> =
                line.split_whitespace().map(read).collect::<Result<_, String>>()?;
            feed.sort_by(f64::total_cmp);
            feeds.push(feed);
        }
        let last = feeds.iter().filter_map(|feed| feed.last()).fold(0.0, |a: f64, b| a.max(*b));
        let to = (last / DAY).ceil() * DAY;
        Ok(Self { feeds, from: to - f64::from(days) * DAY, to })
    }

    /// Synthetic feeds, `learn` days to learn from and `score` days that count. Rates are
    /// lognormal (median 4 a day, σ 1.6, at most 400); each feed has its own time zone, working
    /// day and weekend; every second one publishes in bursts (each entry draws one more within
    /// the next half hour or so, on average).
    pub fn synthetic(seed: u64, feeds: u32, learn: u32, score: u32) -> Self {
        let mut chance = Chance(seed);
        let days = f64::from(learn + score);
        let feeds =
            (0..feeds).map(|n| Course::draw(&mut chance, n % 2 == 0).publish(&mut chance, days));
        Self { feeds: feeds.collect(), from: f64::from(learn) * DAY, to: days * DAY }
    }
}

/// The course of one synthetic feed.
struct Course {
    /// Entries a day.
    rate: f64,
    /// Hours that its day is shifted by.
    zone: f64,
    /// Share of the entries that follow the working day; the others come at any time.
    day_share: f64,
    /// How narrow the working day is.
    sharpness: f64,
    /// Activity on Saturday and Sunday.
    weekend: f64,
    bursts: bool,
}

impl Course {
    fn draw(chance: &mut Chance, bursts: bool) -> Self {
        Self {
            rate: (4.0 * (1.6 * chance.normal()).exp()).min(400.0),
            zone: 24.0 * chance.even(),
            day_share: 0.3 + 0.7 * chance.even(),
            sharpness: 1.0 + 4.0 * chance.even(),
            weekend: 0.1 + 0.9 * chance.even(),
            bursts,
        }
    }

    /// Publication times over so many days: a Poisson process thinned to the course.
    fn publish(&self, chance: &mut Chance, days: f64) -> Vec<f64> {
        let hours = (0..168u32).map(|h| self.activity(f64::from(h) * 3600.0));
        let (mean, peak) =
            hours.fold((0.0, 0.0_f64), |(sum, peak), a| (sum + a / 168.0, peak.max(a)));
        let own = if self.bursts { self.rate / 2.0 } else { self.rate };
        let mut times = Vec::new();
        let mut at = 0.0;
        loop {
            at += chance.wait(own * peak / mean / DAY);
            if at >= days * DAY {
                break;
            }
            if chance.even() * peak <= self.activity(at) {
                self.cluster(chance, at, &mut times);
            }
        }
        times.retain(|at| *at < days * DAY);
        times.sort_by(f64::total_cmp);
        times
    }

    fn cluster(&self, chance: &mut Chance, at: f64, times: &mut Vec<f64>) {
        times.push(at);
        let mut at = at;
        while self.bursts && chance.even() < 0.5 {
            at += chance.wait(1.0 / 1800.0);
            times.push(at);
        }
    }

    /// Activity at a moment, relative to the middle of a working day.
    fn activity(&self, at: f64) -> f64 {
        let hour = (at / 3600.0 + self.zone).rem_euclid(24.0);
        let day = (at / DAY + self.zone / 24.0).rem_euclid(7.0);
        let bell = ((1.0 - (hour / 24.0 * std::f64::consts::TAU).cos()) / 2.0).powf(self.sharpness);
        let course = 1.0 - self.day_share + self.day_share * bell;
        if day >= 5.0 { course * self.weekend } else { course }
    }
}

/// Pseudo-random numbers (SplitMix64): the same for the same seed, everywhere.
pub(super) struct Chance(pub(super) u64);

impl Chance {
    /// Even between 0 and 1, never 0.
    pub(super) fn even(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit exactly")]
        let even = ((z >> 11) + 1) as f64 / (1u64 << 53) as f64;
        even
    }

    /// Standard normal (Box and Muller).
    fn normal(&mut self) -> f64 {
        (-2.0 * self.even().ln()).sqrt() * (std::f64::consts::TAU * self.even()).cos()
    }

    /// Time to the next event of a Poisson process.
    fn wait(&mut self, rate: f64) -> f64 {
        -self.even().ln() / rate
    }
}
