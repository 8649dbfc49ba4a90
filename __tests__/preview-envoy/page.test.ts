import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { PageServer } from "../../cli/preview/page-server";
import { worldMap } from "../../lib/report/world-map";
import { start } from "./running-support";

interface Seen {
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly isFaded: boolean;
  readonly said: string;
  readonly requests: readonly string[];
  readonly complaints: readonly string[];
}

test("the page works in a browser, and asks this preview only", async () => {
  const preview = await start();
  const map = () => worldMap(preview.topology, { links: false });
  const page = await PageServer.listen(preview, { title: "test", map, urls: ["curl <b>"] });
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [join(__dirname, "in-browser.mjs"), page.url]);
    const { before, after, isFaded, said, requests, complaints } = JSON.parse(stdout) as Seen;
    expect(before.slice(0, 2)).toEqual(["■ api@europe-west1", "18.1 ms"]);
    expect(before.slice(4)).toEqual(["as deployed", "in use"]);
    expect(after[4]).toBe("stopped");
    expect(isFaded).toBe(true);
    expect(said).toContain("allowed is europe-west1");
    expect(requests.filter((url) => !url.startsWith(page.url) && url !== "data:,")).toEqual([]);
    // Refused commands are 400, which a browser mentions.
    expect(complaints.filter((text) => !/400/.test(text))).toEqual([]);
  } finally {
    page.close();
    await preview.stop();
  }
});
