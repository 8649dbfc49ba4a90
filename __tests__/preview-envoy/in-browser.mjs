// in-browser.mjs URL: opens the page of a preview, stops its first region, moves the client, and
// says in JSON what a reader would see.
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import puppeteer from "puppeteer-core";

const names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
const executablePath =
  process.env.CHROMIUM ??
  process.env.PATH.split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((file) => existsSync(file));
if (executablePath === undefined) throw new Error("no chromium on PATH, nor in CHROMIUM");

const browser = await puppeteer.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
try {
  const [requests, complaints] = [[], []];
  const page = await browser.newPage();
  page.on("request", (request) => requests.push(request.url()));
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(process.argv[2]);
  const firstRow = () => page.$eval("#regions tr", (row) => [...row.cells].slice(0, 6).map((cell) => cell.textContent));
  await page.waitForSelector("#regions button");
  const before = await firstRow();
  const [, stop] = await page.$$("#regions tr:first-child button");
  await stop.click();
  await page.waitForFunction(() => document.querySelector("#regions tr").cells[4].textContent === "stopped");
  const after = await firstRow();
  const isFaded = await page.$eval("[data-region=europe-west1]", (part) => part.classList.contains("out"));
  await page.type("#text", "from tokyo");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector("#place").textContent === "Tokyo");
  await page.$eval("#text", (field) => {
    field.value = "stop mars";
  });
  await page.click("#line button");
  await page.waitForFunction(() => document.querySelector("#said").textContent.includes("mars"));
  const said = await page.$eval("#said", (line) => line.textContent);
  console.log(JSON.stringify({ before, after, isFaded, said, requests, complaints }));
} finally {
  await browser.close();
}
