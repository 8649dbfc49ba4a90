import { spawnSync } from "node:child_process";
import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { drawingFiles } from "../lib/report/drawings";
import { page } from "../lib/report/page";
import { asksRe2 } from "../lib/report/page-data";
import type { Report } from "../lib/report/report";
import { allRules } from "../lib/rules/all-rules";
import { evaluate } from "../lib/rules/evaluate";
import { Topology } from "../lib/topology/topology";
import { answering, type CommandResult } from "./command";
import { sameStack } from "./cost";
import { pageScript } from "./page-script";
import { type Input, readInputs } from "./read-input";
import { stackName } from "./show";

export interface ReportOptions {
  /** Opens what was written. */
  readonly open?: boolean;
  /** Writes the drawings as files, too. */
  readonly svg?: boolean;
  /** A synth to compare with. */
  readonly against?: string;
  /** Where to. */
  readonly out?: string;
}

/** Writes a page for each document. Exit code 2: unusable input. */
export function report(paths: readonly string[], { against, open, out, svg }: ReportOptions = {}): CommandResult {
  return answering(() => {
    const inputs = readInputs(paths);
    const former = against === undefined ? undefined : readInputs([against]);
    const folder = out ?? join(statSync(paths[0]!).isDirectory() ? paths[0]! : dirname(paths[0]!), "report");
    const taken = new Set<string>();
    const files = inputs.map((input) => {
      const before =
        former && (former.length === 1 ? former[0] : former.find((each) => sameStack(each.name, input.name)));
      const name = unique(nameOf(input), taken);
      return writeReport(
        {
          name,
          topology: Topology.of(input.document),
          evaluation: evaluate(input.document, allRules),
          ...(before && { former: { topology: Topology.of(before.document), since: `against ${against}` } }),
        },
        folder,
        svg,
      );
    });
    const pages = files.map(([page]) => page!);
    const stderr = open ? openAll(pages) : "";
    return { exitCode: 0, stdout: `${files.flat().join("\n")}\n`, stderr };
  });
}

/** Writes the page of one document, and its drawings beside it; the paths of the files, that of the page first. */
export function writeReport(report: Report, folder: string, svg = false): string[] {
  const drawings = svg ? drawingFiles(report) : [];
  const files = [
    [`${report.name}.html`, page(report, pageScript(asksRe2(report)))] as const,
    ...drawings.map(([end, text]) => [`${report.name}-${end}`, text] as const),
  ];
  mkdirSync(folder, { recursive: true });
  return files.map(([name, text]) => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  });
}

/** Of the stack, else of the folder that the document is in. */
function nameOf({ name, document }: Input): string {
  const stack = stackName(document) ?? (name.endsWith(".json") ? basename(dirname(name)) : basename(name));
  return stack.replaceAll(/[^\w.-]+/g, "-").replace(/^[.-]+$/, "") || "report";
}

function unique(name: string, taken: Set<string>): string {
  const free = taken.has(name) ? unique(`${name}-2`, taken) : name;
  taken.add(free);
  return free;
}

/** What opens a file with the program that the system has for it. */
const OPENERS: Readonly<Record<string, readonly string[]>> = {
  darwin: ["open"],
  win32: ["cmd", "/c", "start", ""],
};

/** Opens pages; what could not be opened is said. */
export function openAll(pages: readonly string[], platform: string = process.platform, env = process.env): string {
  const [command = "", ...args] = OPENERS[platform] ?? ["xdg-open"];
  return pages
    .map((file) => {
      const { status, signal } = spawnSync(command, [...args, file], { stdio: "ignore", timeout: 5_000, env });
      // Some openers wait for the browser's end: what still runs has opened.
      const isOpen = status === 0 || signal !== null;
      return isOpen ? "" : `${command} did not open ${file}: open it in a browser\n`;
    })
    .join("");
}
