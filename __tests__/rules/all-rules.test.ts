import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isConfirmed, sourceText } from "../../lib/google/source";
import { allRules, ruleFacts } from "../../lib/rules/all-rules";
import { rulesDocument } from "../../scripts/rules-document";

test("docs/rules.md is what the rules say (npm run docs writes it)", () => {
  expect(readFileSync(join(__dirname, "../../docs/rules.md"), "utf8")).toBe(rulesDocument());
});

test("ids are kebab case, and a rule about relationships has one of its own", () => {
  const ids = allRules.map((rule) => rule.id);
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  expect(
    ruleFacts()
      .map(({ id }) => id)
      .filter((id) => !/^[a-z0-9]+(-[a-z0-9]+)+$/.test(id)),
  ).toEqual([]);
});

test("every rule says what happens without it, how to mend it, and where and when Google or the provider says so", () => {
  const poor = ruleFacts().filter(
    ({ title, why, fix, source }) =>
      title.length < 10 || why.length < 15 || fix.length < 5 || !/\d/.test(sourceText(source)),
  );
  expect(poor.map(({ id }) => id)).toEqual([]);
});

test("a rule that nothing at hand confirms is a warning", () => {
  const unsure = ruleFacts().filter(({ source }) => !isConfirmed(source));
  expect(unsure.length).toBeGreaterThan(0);
  expect(unsure.filter(({ severity }) => severity === "error").map(({ id }) => id)).toEqual([]);
});

test("no rule refers to a machine or says more than it knows", () => {
  const texts = ruleFacts().map(({ title, why, fix, source }) => [title, why, fix, sourceText(source)].join(" "));
  expect(texts.filter((text) => /\/work\/|\/tmp\/|undefined|\[object|\de-\d|Infinity|NaN/.test(text))).toEqual([]);
});

test("docs/checks.md names rules that exist, and says rightly which are errors", () => {
  const text = readFileSync(join(__dirname, "../../docs/checks.md"), "utf8");
  const considered = text.slice(text.indexOf("## What was considered"), text.indexOf("## How a rule is written"));
  const named = [...considered.matchAll(/`([a-z0-9]+(?:-[a-z0-9]+)+)`( \(e\))?/g)].map(([, id, error]) => ({
    id,
    severity: error ? "error" : "warning",
  }));
  const facts = ruleFacts();
  expect(named.length).toBeGreaterThan(50);
  expect(
    named.filter((each) => !facts.some(({ id, severity }) => id === each.id && severity === each.severity)),
  ).toEqual([]);
});

test("docs/checks.md has every rule about the whole document", () => {
  const text = readFileSync(join(__dirname, "../../docs/checks.md"), "utf8");
  const ids = allRules.map(({ id }) => id).filter((id) => /^(reach|access|place|protection|cache)-/.test(id));
  expect(ids.filter((id) => !text.includes(`\`${id}\``))).toEqual([]);
});
