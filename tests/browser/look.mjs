// Looks at pages in a real browser and prints one JSON line a page and look:
//   node look.mjs CHROMIUM AXE_JS PICTURES URL...
// The browser is spoken to through its own pipe, so that nothing but node is needed.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [program, axe, pictures, ...urls] = process.argv.slice(2);
const LOOKS = [
  { look: "light", width: 1280, scheme: "light" },
  { look: "dark", width: 1280, scheme: "dark" },
  { look: "narrow", width: 360, scheme: "light" },
];

const profile = mkdtempSync(join(tmpdir(), "board-"));
const flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
  "--no-first-run", "--disable-background-networking", `--user-data-dir=${profile}`,
  "--remote-debugging-pipe"];
const browser = spawn(program, flags, { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
const [, , , into, from] = browser.stdio;
const waiting = new Map();
const heard = [];
let last = 0;
let rest = "";
from.setEncoding("utf8");
from.on("data", (part) => {
  const messages = (rest + part).split("\0");
  rest = messages.pop();
  for (const message of messages.map((text) => JSON.parse(text))) {
    if (!message.id) { heard.push(message); continue; }
    const { resolve, reject } = waiting.get(message.id);
    waiting.delete(message.id);
    message.error ? reject(new Error(JSON.stringify(message.error))) : resolve(message.result);
  }
});
function send(method, params = {}, sessionId) {
  const id = ++last;
  into.write(JSON.stringify({ id, method, params, sessionId }) + "\0");
  return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
}

async function open(url, { look, width, scheme }) {
  const { targetId } = await send("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
  const tab = (method, params) => send(method, params, sessionId);
  const value = async (expression) => {
    const done = await tab("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
    if (done.exceptionDetails) throw new Error(JSON.stringify(done.exceptionDetails));
    return done.result.value;
  };
  await tab("Page.enable");
  await tab("Log.enable");
  await tab("Emulation.setDeviceMetricsOverride", { width, height: 900, deviceScaleFactor: 1, mobile: false });
  await tab("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: scheme }] });
  await tab("Page.navigate", { url });
  const until = Date.now() + 30000;
  while (!(await value("document.readyState === 'complete' && !!document.getElementById('main')"))) {
    if (Date.now() > until) throw new Error(`${url} does not load`);
    await new Promise((go) => setTimeout(go, 50));
  }
  const key = { key: "Tab", code: "Tab", windowsVirtualKeyCode: 9 };
  await tab("Input.dispatchKeyEvent", { type: "keyDown", ...key });
  await tab("Input.dispatchKeyEvent", { type: "keyUp", ...key });
  const first = await value("document.activeElement.className");
  const style = await value("getComputedStyle(document.body).backgroundColor");
  const wide = await value("document.documentElement.scrollWidth");
  const live = await value("document.getElementById('live') ? refresh().then(() => document.getElementById('live').textContent) : ''");
  const picture = await tab("Page.captureScreenshot", { format: "png" });
  const name = new URL(url).pathname === "/" ? "front" : "article";
  writeFileSync(join(pictures, `${name}-${look}.png`), Buffer.from(picture.data, "base64"));
  const logged = heard.filter((m) => m.sessionId === sessionId && m.method === "Log.entryAdded");
  await tab("Runtime.evaluate", { expression: readFileSync(axe, "utf8") });
  const faults = await value("axe.run().then(r => r.violations.filter(v => ['serious', 'critical'].includes(v.impact)).map(v => v.id + ': ' + v.nodes[0].html))");
  const checked = await value("axe.run().then(r => r.passes.length)");
  await send("Target.closeTarget", { targetId });
  const said = logged.map((m) => m.params.entry.text);
  console.log(JSON.stringify({ page: name, look, first, style, wide, width, live, faults, checked, said }));
}

mkdirSync(pictures, { recursive: true });
try {
  for (const url of urls) for (const look of LOOKS) await open(url, look);
} finally {
  const ended = new Promise((go) => browser.once("exit", go));
  await send("Browser.close").catch(() => browser.kill());
  await ended;
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
}
process.exit(0);
