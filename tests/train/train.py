#!/usr/bin/env python3
"""Trains the trees of src/extract/forest.txt from pages with gold bodies.

  for s in SETS; do wiredesk extract --features DATA/extract/$s/pages > $s.feat; done
  train.py DATA/extract FEATURE_DIR OUT/forest.txt

Needs numpy and lightgbm. A block is labelled by the share of its 4-word shingles that stand in the
gold body; a text that stands in the page several times counts where its neighbours are gold too.
Weights follow the words of a block, so that each page counts alike. Prints the figures of five
folds by site (no site is in training and test at once), the rules of src/extract/body.rs applied;
then fits on all pages and says what deciding early, as src/extract/forest.rs does, gets wrong.
"""
import hashlib, json, os, re, sys
from collections import Counter, defaultdict
import lightgbm as lgb
import numpy as np

SETS = {"scrapinghub": 1.2, "naeb": 1.6, "fundus": 1.3, "wcxb_article": 1.0, "trafilatura_eval": 1.0}
WORD = re.compile(r"\w+")
FOLDS, ROUNDS, SURE = 5, 160, 0.45
PARAMS = dict(objective="binary", num_leaves=20, learning_rate=0.08, min_data_in_leaf=40, max_bin=63,
              min_sum_hessian_in_leaf=0.02, feature_fraction=0.35, bagging_fraction=0.8,
              bagging_freq=1, lambda_l2=2.0, verbose=-1, num_threads=2, seed=7)
# STEPS of src/extract/forest.rs: after so many trees, blocks below and above are decided.
STEPS = [(10, -1.4, np.inf), (40, -2.6, 2.1), (70, -2.1, 1.8), (100, -1.3, 1.2)]
HEAD = ("# Boosted trees over the features of `features.rs`, written by tests/train/train.py; not to be edited by hand.\n"
        "# One tree a line: feature,threshold,left,right of each node (a child below 0 is leaf -1-n), then the leaves' values.")


def site(url):
    host = re.sub(r"^https?://", "", url or "").split("/")[0].split(":")[0].split(".")
    second = len(host) > 2 and host[-2] in ("co", "com", "org", "gov", "ac", "net") and len(host[-1]) == 2
    return ".".join(host[-3 if second else -2:])


def label(texts, gold):
    """For each text the share of it that stands in the gold body, and the length of the gold."""
    words = WORD.findall(gold)
    shingles = Counter(tuple(words[i:i + 4]) for i in range(len(words) - 3))
    short = {tuple(words[i:i + k]) for k in range(1, 8) for i in range(len(words) - k + 1)}
    blocks = [WORD.findall(t) for t in texts]
    share, places = np.zeros(len(blocks)), defaultdict(list)
    for i, b in enumerate(blocks):
        if len(b) >= 4:
            own = [tuple(b[j:j + 4]) for j in range(len(b) - 3)]
            share[i] = sum(s in shingles for s in own) / len(own)
            places[tuple(b)].append(i)
    for text, at in places.items():
        allowed = max(1, min(shingles.get(text[:4], 1), len(at)))
        if share[at[0]] > 0.5 and len(at) > allowed:
            company = {i: (share[max(0, i - 4):i].sum() + share[i + 1:i + 5].sum(), -i) for i in at}
            for i in sorted(at, key=company.get, reverse=True)[allowed:]:
                share[i] = 0
    for i, b in enumerate(blocks):
        if 0 < len(b) < 4:
            near = lambda ix: next((blocks[j] for j in ix if share[j] > 0.5), None)
            before, behind = near(range(i - 1, max(-1, i - 4), -1)), near(range(i + 1, min(len(blocks), i + 4)))
            share[i] = float(bool(before and tuple(before[-3:] + b) in short) or bool(behind and tuple(b + behind[:3]) in short))
    return share, len(words)


def by_segments(texts, gold):
    """Labels and weights where only parts that must and must not be there are known."""
    y, w = np.zeros(len(texts)), np.zeros(len(texts))
    folded = [re.sub(r"\s+", " ", t).strip() for t in texts]
    count = len(gold["with"]) + len(gold.get("without") or [])
    for part in gold.get("without") or []:
        hits = [i for i, t in enumerate(folded) if re.sub(r"\s+", " ", part).strip() in t]
        for i in hits:
            w[i] += 0.5 / count / len(hits)
    for part in gold["with"]:
        hits = [i for i, t in enumerate(folded) if re.sub(r"\s+", " ", part).strip() in t]
        if hits:
            best = max(hits, key=lambda i: len(folded[i]))
            y[best], w[best] = 1, w[best] + 0.6 / count
    return y, w


def load(data, features):
    pages = []
    for name, factor in SETS.items():
        gold = json.load(open(f"{data}/{name}/gold.json", encoding="utf8"))
        for line in open(f"{features}/{name}.feat", encoding="utf8"):
            page = json.loads(line)
            key = os.path.basename(page["file"]).replace(".html.gz", "")
            texts = [b[0] for b in page["blocks"]]
            if key not in gold or not texts:
                continue
            g = gold[key]
            if name == "trafilatura_eval":
                if not g.get("with"):
                    continue
                y, w = by_segments(texts, g)
            else:
                y, length = label(texts, g["articleBody"])
                words = np.array([len(WORD.findall(t)) for t in texts])
                w = (np.minimum(np.maximum(words, 2) / max(length, 60), 0.4) + 0.002) * factor
            rows = np.array([b[1] for b in page["blocks"]], dtype=np.float32)
            fold = int(hashlib.md5(site(g["url"]).encode()).hexdigest(), 16) % FOLDS
            ruled = np.array([b[2] is not None for b in page["blocks"]])
            pages.append(dict(set=name, key=key, gold=g, texts=texts, rows=rows, y=(y > 0.5) * 1.0, w=w, fold=fold,
                              ruled=ruled))
    return pages


def fit(pages):
    rows, y, w = (np.concatenate([p[k] for p in pages]) for k in ("rows", "y", "w"))
    known = w > 0
    return lgb.train(PARAMS, lgb.Dataset(rows[known], y[known], weight=w[known] / w[known].mean()), ROUNDS)


def figures(pages, score):
    for name in SETS:
        own = [p for p in pages if p["set"] == name]
        found = {p["key"]: {"articleBody": "\n\n".join(t for t, s in zip(p["texts"], p["sure"]) if s > SURE)} for p in own}
        result, _ = score({p["key"]: p["gold"] for p in own}, found, 0)
        body = result.get("f1") if name != "trafilatura_eval" else result["seg"]["f1"]
        print(f"{name:<18} {body:.4f}", flush=True)


def write(model, path):
    lines, tree = [HEAD], {}
    for line in model.model_to_string().splitlines():
        key, _, value = line.partition("=")
        if key in ("split_feature", "threshold", "left_child", "right_child", "leaf_value"):
            tree[key] = value.split(" ")
        elif key == "shrinkage":
            columns = [tree.get(k, []) for k in ("split_feature", "threshold", "left_child", "right_child")]
            nodes = " ".join(f"{f},{float(t):.6g},{a},{b}" for f, t, a, b in zip(*columns))
            lines.append(nodes + ";" + " ".join(f"{float(v):.6g}" for v in tree["leaf_value"]))
            tree = {}
    open(path, "w").write("\n".join(lines) + "\n")


def main():
    data, features, out = sys.argv[1:4]
    sys.path.insert(0, data)
    from score import score
    pages = load(data, features)
    for fold in range(FOLDS):
        model = fit([p for p in pages if p["fold"] != fold])
        for page in (p for p in pages if p["fold"] == fold):
            page["sure"] = np.where(page["ruled"], 0, model.predict(page["rows"]))
    figures(pages, score)
    model = fit(pages)
    write(model, out)
    rows = np.concatenate([p["rows"] for p in pages])
    body = model.predict(rows) > SURE
    for trees, low, high in STEPS:
        score = model.predict(rows, raw_score=True, num_iteration=trees)
        print(f"after {trees} trees decided {((score < low) | (score > high)).mean():.3f}, "
              f"wrongly {(body & (score < low)).sum()} and {(~body & (score > high)).sum()} of {len(body)}")



if __name__ == "__main__":
    main()
