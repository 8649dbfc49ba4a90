import assert from "node:assert/strict";
import { existsSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import puppeteer, { type Browser, type Page } from "puppeteer-core";
import { clippedTexts, dialogState, focused, namelessParts, numberNodes, paleTexts } from "./in-page";
import { writePages } from "./pages";

/** The pages in a real browser: `npm run test:report`. */
const pages = writePages();
const NAMES = ["dev", "prod", "anycast-instances", "processing", "large", "odd"];

const CHROMIUM = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
const executablePath =
  process.env.CHROMIUM ??
  (process.env.PATH ?? "")
    .split(delimiter)
    .flatMap((folder) => CHROMIUM.map((name) => join(folder, name)))
    .find((file) => existsSync(file));
if (executablePath === undefined) {
  console.error("No chromium on PATH: install it, or say by CHROMIUM where one is.");
  process.exit(2);
}

let browser: Browser;
before(async () => {
  browser = await puppeteer.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
});
after(() => browser.close());

/** What a page asks for and complains about. */
interface Watched {
  readonly page: Page;
  readonly requests: string[];
  readonly complaints: string[];
}

async function open(name: string, width = 1280, scheme: "light" | "dark" = "light"): Promise<Watched> {
  const page = await browser.newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("dialog", (dialog) => complaints.push(`dialog ${dialog.message()}`));
  await page.setViewport({ width, height: 900 });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  await page.goto(pathToFileURL(pages[name]!).href);
  return { page, requests, complaints };
}

for (const name of NAMES) {
  describe(name, () => {
    test("loads nothing but itself, and nothing is wrong", async () => {
      const { page, requests, complaints } = await open(name);
      await page.close();
      assert.deepEqual({ requests, complaints }, { requests: [pathToFileURL(pages[name]!).href], complaints: [] });
    });

    for (const width of [360, 768, 1440]) {
      for (const scheme of ["light", "dark"] as const) {
        test(`is readable, ${width} px wide, ${scheme}`, async () => {
          const { page } = await open(name, width, scheme);
          await page.$$eval("details", (all) => {
            for (const each of all) each.open = true;
          });
          const clipped = await page.evaluate(clippedTexts);
          const pale = await page.evaluate(paleTexts);
          await page.close();
          assert.deepEqual({ clipped, pale }, { clipped: [], pale: [] });
        });
      }
    }

    test("is readable with twice the zoom, and with forced colors", async () => {
      const { page } = await open(name, 640);
      const zoomed = await page.evaluate(clippedTexts);
      const session = await page.createCDPSession();
      await session.send("Emulation.setEmulatedMedia", { features: [{ name: "forced-colors", value: "active" }] });
      const forced = await page.evaluate(clippedTexts);
      await page.close();
      assert.deepEqual({ zoomed, forced }, { zoomed: [], forced: [] });
    });

    test("has headings in order, headers with a scope, and names for all that can be used", async () => {
      const { page } = await open(name);
      const faults = await page.evaluate(namelessParts);
      await page.close();
      assert.deepEqual(faults, []);
    });

    test("prints on A4", async () => {
      const { page } = await open(name);
      const pdf = Buffer.from(await page.pdf({ format: "A4" })).toString("latin1");
      await page.setViewport({ width: 690, height: 1000 });
      await page.emulateMediaType("print");
      const clipped = await page.evaluate(clippedTexts);
      await page.close();
      assert.match(pdf, /^%PDF/);
      assert.match(pdf, /\/MediaBox \[0 0 59[45][\d.]* 84[12]/);
      assert.deepEqual(clipped, []);
    });
  });
}

for (const name of ["dev", "prod", "anycast-instances", "processing"]) {
  test(`${name}: the keyboard reaches everything that opens a resource`, async () => {
    const { page } = await open(name);
    const count = await page.evaluate(numberNodes);
    const reached = new Set<string>();
    for (let press = 0; press < 2 * count + 60; press++) {
      await page.keyboard.press("Tab");
      const { number, isSeen, isStart } = await page.evaluate(focused);
      if (isStart) break;
      assert.ok(isSeen, `the focus on ${number} is not seen`);
      if (number !== undefined) reached.add(number);
    }
    await page.close();
    assert.equal(reached.size, count);
  });
}

for (const key of ["Enter", "Space"] as const) {
  test(`${key} opens a node of the drawing, Escape closes it, and the focus comes back`, async () => {
    const { page } = await open("prod");
    await page.evaluate(numberNodes);
    const node = await page.waitForSelector("svg [data-region='europe-west1']");
    const number = await node!.evaluate((each) => each.getAttribute("data-test-number"));
    await node!.evaluate((each) => (each as SVGElement).focus());
    await page.keyboard.press(key);
    const shown = await page.evaluate(dialogState);
    await page.keyboard.press("Escape");
    const gone = await page.evaluate(dialogState);
    await page.close();
    assert.deepEqual([shown.isOpen, shown.isInside], [true, true]);
    assert.match(shown.text, /google_cloud_run_v2_service\./);
    assert.match(shown.text, /Construct: prod\/api\/Service\/europe-west1\/Resource/);
    assert.match(shown.text, /europe-west1/);
    assert.deepEqual([gone.isOpen, gone.focus], [false, number]);
  });
}

test("a click opens a resource, another within it follows its reference, and Close closes it", async () => {
  const { page } = await open("prod");
  await page.click("#routes [data-address^='google_compute_backend_service']");
  const first = await page.evaluate(dialogState);
  await page.click("dialog [data-address^='google_compute_security_policy']");
  const second = await page.evaluate(dialogState);
  await page.click("dialog .close");
  const last = await page.evaluate(dialogState);
  await page.close();
  assert.match(first.text, /load_balancing_scheme/);
  assert.match(second.text, /prod-edge-/);
  assert.equal(last.isOpen, false);
});

test("a route of the drawing opens its block of the URL map first", async () => {
  const { page } = await open("prod");
  await page.$eval("#path [data-attribute='path_matcher.0.path_rule.0']", (node) => {
    node.dispatchEvent(new MouseEvent("click", { bubbles: true }));
  });
  const { text } = await page.evaluate(dialogState);
  await page.close();
  assert.match(text, /path_matcher\.0\.path_rule\.0paths\/v1\/models.*The whole resource/);
});

test("a region where several things run lists them, and opens each", async () => {
  const { page } = await open("processing");
  await page.$eval("#regions .wide-only [data-region='europe-west1']", (node) => {
    node.dispatchEvent(new MouseEvent("click", { bubbles: true }));
  });
  const closed = await page.evaluate(dialogState);
  await page.click("dialog summary");
  await page.waitForSelector("dialog dl");
  const opened = await page.evaluate(dialogState);
  await page.close();
  assert.match(closed.text, /^europe-west1: \d+ resources/);
  assert.match(opened.text, /Construct: processing\//);
});

test("a reader of dark pages prints on white", async () => {
  const { page } = await open("prod", 690, "dark");
  await page.emulateMediaType("print");
  const pale = await page.evaluate(paleTexts);
  await page.close();
  assert.deepEqual(pale, []);
});

test("nothing moves by itself for readers who ask for that", async () => {
  const { page } = await open("prod");
  await page.emulateMediaFeatures([{ name: "prefers-reduced-motion", value: "reduce" }]);
  const moves = await page.evaluate(() => [
    getComputedStyle(document.documentElement).scrollBehavior,
    document.getAnimations().length,
  ]);
  await page.close();
  assert.deepEqual(moves, ["auto", 0]);
});

test("the dialog has a name, and its headings follow each other", async () => {
  const { page } = await open("prod");
  await page.$eval("#path [data-attribute='path_matcher.0.path_rule.0']", (node) => {
    node.dispatchEvent(new MouseEvent("click", { bubbles: true }));
  });
  const faults = await page.evaluate(namelessParts);
  const name = await page.$eval("dialog", (dialog) => {
    return document.getElementById(dialog.getAttribute("aria-labelledby")!)!.textContent;
  });
  await page.close();
  assert.deepEqual(faults, []);
  assert.match(name!, /^prod-api-/);
});

test("a finding is shown with its resource", async () => {
  const { page } = await open("dev");
  await page.click("#findings [data-address]");
  const { text } = await page.evaluate(dialogState);
  await page.close();
  assert.match(text, /suppressed.*Reason: an environment without a domain is for trials/);
});

/** Of each page: a request, and what the answer must say. */
const ROUTES: readonly [page: string, request: string, answer: RegExp, headers?: string][] = [
  ["dev", "http://anything.example/v1/chat", /^To dev-api-service-backend-\w+ in europe-west1, us-central1/],
  ["dev", "POST http://10.0.0.1/api/generate?x=1", /^To dev-api-service-backend-\w+ /],
  ["dev", "api.example.com/", /^To dev-api-service-backend-\w+ /],
  [
    "dev",
    "https://api.example.com/",
    /^No front end of this document listens for HTTPS on port 443, only for HTTP 80\./,
  ],
  [
    "prod",
    "https://api.example.com/v1/models",
    /^To prod-api-service-cachedbackend-\w+ in asia-southeast1.*path_matcher\.0\.path_rule\.0/,
  ],
  ["prod", "https://api.example.com/v1/models?limit=3", /^To prod-api-service-cachedbackend-/],
  ["prod", "https://api.example.com/v1/models/x", /^To prod-api-service-backend-\w+ /],
  [
    "prod",
    "api.example.com/api/chat",
    /^To prod-api-service-backend-\w+ in asia-southeast1, europe-west1, us-central1/,
  ],
  ["prod", "http://api.example.com/a?b=1", /^Redirected with 308 to https:\/\/api\.example\.com\/a\?b=1/],
  [
    "prod",
    "https://api.example.com:8443/",
    /^No front end of this document listens for HTTPS on port 8443, only for HTTP 80, HTTPS 443\./,
  ],
  [
    "prod",
    "https://other.example.com/",
    /^To prod-api-service-backend-.*No certificate here covers other\.example\.com/,
  ],
  [
    "prod",
    "ftp://api.example.com/",
    /^ftp:\/\/api\.example\.com\/ is not an HTTP or HTTPS URL\. Enter one such as https:\/\/api/,
  ],
  ["prod", "   ", /^There is no URL\. Enter one such as https:/],
  ["prod", "two words", /^two words is not an HTTP or HTTPS URL/],
  ["prod", "FETCH https://api.example.com/", /^FETCH https:\/\/api\.example\.com\/ is not/],
  ["prod", "mailto:a@example.com", /^mailto:a@example\.com is not/],
  ["prod", "https://api.example.com:99999/", /is not an HTTP or HTTPS URL/],
  ["prod", "x ".repeat(200), /^(x ){40}… is not/],
  ["prod", "/v1/models#part", /^To prod-api-service-cachedbackend-/],
  ["prod", "https:/api.example.com/v1/models", /^To prod-api-service-cachedbackend-/],
  ["prod", "post https://api.example.com/v1/a b/ü", /^To prod-api-service-backend-/],
  ["prod", "https://api.bücher.example/", /No certificate here covers api\.xn--bcher-kva\.example/],
  [
    "anycast-instances",
    "https://infer.example.com/v1/completions",
    /^To anycast-instances-inference-\S+ in asia-southeast1, europe-west4, us-central1/,
  ],
  ["anycast-instances", "http://infer.example.com/x", /^Redirected with 308 to https:\/\/infer\.example\.com\/x/],
  ["processing", "POST https://api.example.com/v1/batch", /^To processing-api-documents-backend-\w+ /],
  ["processing", "https://api.example.com/v1/other", /^To processing-api-service-backend-\w+ /],
  ["large", "https://api.example.com/v7/chat", /^To large-api-model7-backend-\w+ in 43 regions/],
  ["odd", "https://%3Ci%3E.example.com/", /is not an HTTP or HTTPS URL/],
  [
    "odd",
    "https://any.example.com/",
    /^To <\/script><img src=x onerror=alert\(1\)>.*By the default of "quoted" & <b>bold<\/b>/,
  ],
  ["odd", `https://${"long-label.".repeat(12)}example.com/<script>`, /^To .*By path_matcher\.0 /],
  [
    "odd",
    `https://${"long-label.".repeat(12)}example.com/a`,
    /^To gold.*The backend gets long-label\..*\/gold\/a\..*By path_matcher\.0\.route_rules\.1 /,
    "x-tier: gold",
  ],
  ["odd", `https://${"long-label.".repeat(12)}example.com/a`, /^To <\/script>.*By path_matcher\.0 /, "x-tier: silver"],
];

for (const [name, request, expected, headers] of ROUTES) {
  test(`${name}: ${request.slice(0, 100)}${headers === undefined ? "" : `, ${headers}`}`, async () => {
    const { page, complaints } = await open(name);
    await page.$eval("[name=url]", (input) => {
      (input as HTMLInputElement).value = "";
    });
    if (headers !== undefined) {
      await page.click("#route-field summary");
      await page.type("[name=headers]", headers);
    }
    await page.type("[name=url]", request);
    await page.keyboard.press("Enter");
    const answer = await page.$eval("output", (output) => output.textContent ?? "");
    await page.close();
    assert.match(answer, expected);
    assert.deepEqual(complaints, []);
  });
}

for (const width of [360, 1440]) {
  for (const scheme of ["light", "dark"] as const) {
    test(`answers and resources are readable, ${width} px wide, ${scheme}`, async () => {
      const { page } = await open("prod", width, scheme);
      await page.$eval("[name=url]", (input) => {
        (input as HTMLInputElement).value = "http://api.example.com/v1/models?a-query=that-is-rather-long";
      });
      await page.click("#route-field [type=submit]");
      const answer = [await page.evaluate(clippedTexts), await page.evaluate(paleTexts)];
      await page.$eval("#workloads [data-address]", (link) => (link as HTMLElement).click());
      const resource = [await page.evaluate(clippedTexts), await page.evaluate(paleTexts)];
      await page.close();
      assert.deepEqual([...answer, ...resource], [[], [], [], []]);
    });
  }
}

test("following a redirect asks again", async () => {
  const { page } = await open("prod");
  await page.$eval("[name=url]", (input) => {
    (input as HTMLInputElement).value = "http://api.example.com/v1/models";
  });
  await page.click("#route-field [type=submit]");
  await page.click("output .link");
  const answer = await page.$eval("output", (output) => output.textContent ?? "");
  await page.close();
  assert.match(answer, /^To prod-api-service-cachedbackend-/);
});

test("costs by use follow the reader's numbers", async () => {
  const { page } = await open("prod");
  const cost = () => page.$eval("data[data-per-second]", (each) => Number(each.textContent!.replaceAll(",", "")));
  const one = await cost();
  await page.$eval("#use-cost [name=seconds]", (input) => {
    (input as HTMLInputElement).value = "";
  });
  await page.type("#use-cost [name=seconds]", "10");
  const ten = await cost();
  await page.close();
  assert.ok(ten > 9 * one && ten <= 10 * one, `${one} for one second, ${ten} for ten`);
});

test("43 regions × 10 services stay usable", async () => {
  const start = performance.now();
  const { page } = await open("large");
  const openMs = performance.now() - start;
  const clickMs = await page.evaluate(() => {
    const before = performance.now();
    document.querySelector<HTMLElement>("#workloads [data-address]")!.click();
    document.body.getBoundingClientRect();
    return performance.now() - before;
  });
  const { isOpen } = await page.evaluate(dialogState);
  await page.close();
  assert.ok(isOpen);
  // Both take a tenth of this on a machine with nothing else to do.
  assert.ok(openMs < 5000 && clickMs < 500, `${openMs} ms to open, ${clickMs} ms for a click`);
  assert.ok(statSync(pages.large!).size < 3e6);
});
