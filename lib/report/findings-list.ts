import { isExpression } from "../language/reference";
import { judgedIn } from "../rules/findings-text";
import type { Finding } from "../rules/rule";
import { groupBy } from "../topology/group-by";
import { type Content, code, html, table } from "./html";
import { counted, type Report, resourceLink } from "./report";
import { withoutSecrets } from "./without-secrets";

/** What the rules say: errors first, each rule once with all its places; then what is suppressed. */
export function findingsList({ topology, evaluation: { findings, suppressed } }: Report): Content {
  if (findings.length + suppressed.length === 0 && judgedIn(topology.document) === 0) return undefined;
  const rules = [...groupBy(findings, ({ rule, title }) => `${rule} ${title}`).values()];
  const severest = ([first]: readonly Finding[]) => (first!.severity === "error" ? 0 : 1);
  return [
    rules.length === 0 && html`<p>No findings: every rule that applies here holds.</p>`,
    html`<ul class="findings">${rules.sort((a, b) => severest(a) - severest(b)).map(finding)}</ul>`,
    suppressed.length > 0 &&
      html`<h3>Suppressed</h3>${table(
        "Suppressed findings, with their reasons",
        ["Rule", "Place", "Reason"],
        suppressed.map((each) => [code(each.rule), place(each), each.reason]),
      )}`,
  ];
}

/** Places of one rule that are listed before the rest is a click away. */
const MOST = 8;

function finding(same: readonly Finding[]): Content {
  const [{ rule, severity, title, message, fix, source, detail }] = same as [Finding];
  const why = message.slice(`${title}${detail === undefined ? "" : ` (${detail})`}. `.length);
  const more = same.reduce((sum, each) => sum + (each.more ?? 0), 0);
  const places = same.map((each) => html`<li>${place(each)}${each.detail !== undefined && ` (${each.detail})`}</li>`);
  return html`<li class="${severity}"><p><span class="tag">${severity}</span> <strong>${title}</strong> ${code(rule)}</p>
<ul>${places.slice(0, MOST)}</ul>${places.length > MOST && html`<details><summary>${counted(places.length - MOST, "more place")}</summary><ul>${places.slice(MOST)}</ul></details>`}${more > 0 && html`<p>The same holds for ${more} more.</p>`}
<p>${why}</p><p><strong>Fix:</strong> ${fix}</p><p class="note">${source}</p></li>`;
}

function place({ attribute, value, ...where }: Finding): Content {
  return [resourceLink(where), " ", attribute !== "" && code(attribute), got(attribute, value)];
}

/** The longest text that is shown as the value that is wrong. */
const LONGEST = 60;

/** What stands there, where that is short, and surely no secret. */
function got(attribute: string, value: unknown): Content {
  if (value === undefined) return " is not set";
  const name = attribute.split(".").at(-1) ?? "";
  const text = JSON.stringify(withoutSecrets(name, value));
  const isPlain = typeof value !== "object" && name !== "value" && !isExpression(value);
  return isPlain && text.length <= LONGEST && [" is ", code(text)];
}
