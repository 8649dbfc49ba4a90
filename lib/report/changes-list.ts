import { comparison } from "../changes/compare";
import { inWords } from "../changes/words";
import { type Content, html } from "./html";
import type { Report } from "./report";

/** What a deploy changes, and what that endangers. */
export function changesList({ topology, former }: Report): Content {
  if (!former) return undefined;
  const [first = "", ...rest] = inWords(comparison(former.topology, topology));
  return html`<p><strong>${first}</strong> ${former.since}</p>
${rest.length > 0 && html`<ul class="changes">${rest.map(line)}</ul>`}`;
}

function line(text: string): Content {
  const [, word = "", rest = ""] = /^ *(\S+) +(.*)$/s.exec(text) ?? [];
  return html`<li class="${word.replace(/\W/g, "")}"><span class="tag">${word.replace(":", "")}</span> ${rest}</li>`;
}
