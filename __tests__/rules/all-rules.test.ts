import { readFileSync } from "node:fs";
import { join } from "node:path";
import { allRules } from "../../lib/rules/all-rules";
import { rulesDocument } from "../../scripts/rules-document";

test("docs/rules.md is what the rules say (npm run docs writes it)", () => {
  expect(readFileSync(join(__dirname, "../../docs/rules.md"), "utf8")).toBe(rulesDocument());
});

test("ids are unique and kebab case", () => {
  const ids = allRules.map((rule) => rule.id);
  expect(ids.filter((id, index) => ids.indexOf(id) !== index || !/^[a-z0-9]+(-[a-z0-9]+)+$/.test(id))).toEqual([]);
});

test("every rule says what happens without it, how to mend it, and where and when Google or the provider says so", () => {
  const poor = allRules.filter(
    ({ title, why, fix, source }) => title.length < 10 || why.length < 15 || fix.length < 5 || !/\d/.test(source),
  );
  expect(poor.map((rule) => rule.id)).toEqual([]);
});

test("a rule that nothing at hand confirms is a warning that says why it is none more", () => {
  const unsure = allRules.filter(({ source }) => source.includes("general knowledge"));
  expect(unsure.length).toBeGreaterThan(0);
  expect(unsure.filter(({ severity }) => severity === "error").map(({ id }) => id)).toEqual([]);
});

test("no rule refers to a machine or says more than it knows", () => {
  const texts = allRules.map(({ title, why, fix, source }) => [title, why, fix, source].join(" "));
  expect(texts.filter((text) => /\/work\/|\/tmp\/|undefined|\[object/.test(text))).toEqual([]);
});
