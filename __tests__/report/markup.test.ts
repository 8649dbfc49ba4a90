import { escapeText } from "../../lib/report/markup";

test("markup and quotes of a name stay text", () => {
  expect(escapeText(`<b class="x">R&D's</b>`)).toBe("&lt;b class=&quot;x&quot;&gt;R&amp;D&#39;s&lt;/b&gt;");
});

test("all other text stays as it is", () => {
  expect(escapeText("São Paulo → /v1/{name=**}")).toBe("São Paulo → /v1/{name=**}");
});
