import { comparison } from "../changes/compare";
import { inWords } from "../changes/words";
import { type Content, html } from "./html";
import { counted, type Report } from "./report";

/** How many changes are listed before the rest is a click away. */
const MOST = 12;

/** What a deploy changes, after what that endangers. */
export function changesList({ topology, former }: Report): Content {
  if (!former) return undefined;
  const [first = "", ...rest] = inWords(comparison(former.topology, topology));
  const all = rest.map((text) => ({ text, word: /^ *(\w+)/.exec(text)?.[1] ?? "" }));
  const isRemark = ({ word }: (typeof all)[number]) => ["danger", "note", "safely"].includes(word);
  const [remarks, changes] = [all.filter(isRemark), all.filter((each) => !isRemark(each))];
  const list = (some: typeof all) => some.length > 0 && html`<ul class="changes">${some.map(line)}</ul>`;
  const more = changes.length - MOST;
  return html`<p><strong>${first}</strong> ${former.since}</p>
${list(remarks)}${list(changes.slice(0, MOST))}
${more > 0 && html`<details><summary>${counted(more, "more change")}</summary>${list(changes.slice(MOST))}</details>`}`;
}

function line({ text, word }: { readonly text: string; readonly word: string }): Content {
  return html`<li class="${word}"><span class="tag">${word}</span> ${text.trim().slice(word.length).replace(/^:? +/, "")}</li>`;
}
