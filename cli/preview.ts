import { readFileSync } from "node:fs";
import { ValidationError } from "../lib/core/errors";
import { nearest } from "../lib/language/nearest";
import { clientPlace, regionsFrom, roundTripTo } from "../lib/preview/client-place";
import { type Drill, parseDrill } from "../lib/preview/drill";
import { envoyConfig } from "../lib/preview/envoy-config";
import { type PreviewFrontend, type PreviewPlan, previewFrontends, readPreview, targetsOf } from "../lib/preview/plan";
import type * as WorldMap from "../lib/report/world-map";
import { Topology } from "../lib/topology/topology";
import { type CommandResult, refusal } from "./command";
import { drillText, runDrill } from "./preview/drill-run";
import { PageServer } from "./preview/page-server";
import { openPrompt } from "./preview/prompt";
import { RunningPreview } from "./preview/running-preview";
import { type Input, readInputs, UnusableInput } from "./read-input";
import { stackName } from "./show";
import { table } from "./table";

/** As commander gives them. */
export interface PreviewOptions {
  readonly from?: string;
  readonly serve?: readonly string[];
  readonly drill?: string;
  readonly config?: boolean;
  readonly docker?: boolean;
  readonly requests?: boolean;
}

const NO_RESULT: CommandResult = { exitCode: 0, stdout: "", stderr: "" };

/**
 * Runs a stack on this machine until it is told to end, or until a drill is over. Exit code 1: a
 * drill's expectations did not hold, or Envoy ended by itself. 2: unusable input.
 */
export async function preview(paths: readonly string[], options: PreviewOptions = {}): Promise<CommandResult> {
  try {
    const input = theOneApi(readInputs(paths));
    const topology = Topology.of(input.document);
    const plan = readPreview(topology);
    const name = stackName(input.document) ?? input.name;
    if (options.config) return { ...NO_RESULT, stdout: `${JSON.stringify(exampleConfig(topology, plan), null, 2)}\n` };
    const from = clientPlace(options.from ?? plan.upstreams.find(({ region }) => region)?.region ?? "europe-west1");
    const drill = options.drill === undefined ? undefined : readDrill(options.drill, plan);
    const serve = servedBy(options.serve ?? [], plan);
    const settings = {
      from,
      serve,
      docker: options.docker ?? false,
      say: (line: string) => console.error(line),
      onRequest: options.requests ? (line: string) => console.log(line) : undefined,
    };
    const interrupted = interruption();
    const running = await Promise.race([RunningPreview.start(topology, plan, settings), interrupted]);
    // What has been started until then ends with this process.
    if (!running) return { ...NO_RESULT, exitCode: 1 };
    for (const each of plan.notTranslated) console.error(`Not as in the cloud: ${each}`);
    return await untilItEnds(running, name, drill, interrupted);
  } catch (error) {
    return refusal(error, [UnusableInput, ValidationError]);
  }
}

/** @throws UnusableInput unless exactly one of the documents has a front end. */
function theOneApi(inputs: readonly Input[]): Input {
  const found = inputs.filter(({ document }) => Topology.of(document).once(previewFrontends).length > 0);
  if (found.length === 1) return found[0]!;
  throw new UnusableInput(
    found.length === 0
      ? `${inputs.map(({ name }) => name).join(", ")}: no HTTP or HTTPS load balancer in it`
      : `a preview is of one stack, and there are ${found.length}: name one of ${found.map(({ name }) => name).join(", ")}`,
  );
}

function readDrill(file: string, plan: PreviewPlan): Drill {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new UnusableInput(`--drill ${file}: ${isMissing ? "no such file" : "not a file that can be read"}`);
  }
  return parseDrill(text, targetsOf(plan));
}

/** @throws UnusableInput for a service that is not in the plan. */
function servedBy(given: readonly string[], { upstreams }: PreviewPlan): Map<string, string> {
  const names = [...new Set(upstreams.map(({ name }) => name))];
  return new Map(
    given.map((text) => {
      const [, name = "", what = ""] = /^([^=]+)=(.+)$/.exec(text) ?? [];
      if (names.includes(name)) return [name, what] as const;
      const meant = what === "" ? undefined : nearest(name, names);
      throw new UnusableInput(
        `--serve ${text}: write NAME=COMMAND, where NAME is one of ${names.join(", ")}${meant ? `; did you mean "${meant}"?` : ""}`,
      );
    }),
  );
}

/** Ctrl-C, whatever else asks a process to end, or that nobody reads its output any more. */
function interruption(): Promise<undefined> {
  return new Promise((done) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => done(undefined));
    process.stdout.on("error", () => done(undefined));
  });
}

async function untilItEnds(
  running: RunningPreview,
  name: string,
  drill: Drill | undefined,
  interrupted: Promise<undefined>,
): Promise<CommandResult> {
  const ending = new Promise<CommandResult>((end) => {
    // A drill has no result then; without a drill it is the usual end.
    void interrupted.then(() => end({ ...NO_RESULT, exitCode: drill ? 1 : 0 }));
    void running.envoy.ended.then(() =>
      end({ exitCode: 1, stdout: "", stderr: `Envoy has ended: ${running.envoy.lastWords()}\n` }),
    );
    if (drill) {
      const failed = (error: unknown) => end({ exitCode: 1, stdout: "", stderr: `${String(error)}\n` });
      runDrill(running, drill, (line) => console.error(line)).then((report) => {
        end({ exitCode: report.broken.length === 0 ? 0 : 1, stdout: `${drillText(report)}\n`, stderr: "" });
      }, failed);
      return;
    }
    void interact(running, name, () => end(NO_RESULT));
  });
  const result = await ending;
  await running.stop();
  return result;
}

async function interact(running: RunningPreview, name: string, quit: () => void): Promise<void> {
  const urls = running.plan.frontends.map((frontend) => curlLine(running, frontend));
  const map = () =>
    (require("../lib/report/world-map") as typeof WorldMap).worldMap(running.topology, { links: false });
  const page = await PageServer.listen(running, { title: name, map, urls });
  console.log(
    [
      `${name}, on this machine after ${process.uptime().toFixed(1)} s. The client is in ${running.from.name}.`,
      "",
      regionTable(running),
      "",
      ...urls.map((url) => `  ${url}`),
      `  page  ${page.url}`,
      "",
      "help lists the commands; quit or Ctrl-C ends everything.",
    ].join("\n"),
  );
  openPrompt(running, quit);
}

function regionTable({ regions }: RunningPreview): string {
  return table(
    [
      ["", "round trip", ""],
      ...regions.map(({ upstream: { id }, running: { roundTripMs }, state }) => [
        id,
        `${roundTripMs} ms`,
        state.draining ? "draining" : "",
      ]),
    ],
    "  ",
  );
}

/** How curl asks a front end by the name it has in the cloud. */
function curlLine(running: RunningPreview, frontend: PreviewFrontend): string {
  const host = running.hostOf(frontend);
  const port = running.portOf(frontend);
  const trust = frontend.protocol === "https" ? `--cacert ${running.certificate!.certificateFile} ` : "";
  return `curl ${trust}--resolve ${host}:${port}:127.0.0.1 ${frontend.protocol}://${host}:${port}/`;
}

/** With ports that are the same each time, since nothing runs. */
function exampleConfig(topology: Topology, plan: PreviewPlan): unknown {
  const away = regionsFrom(clientPlace("europe-west1"));
  return envoyConfig(topology, {
    listeners: Object.fromEntries(plan.frontends.map(({ name }, index) => [name, 10_001 + index])),
    upstreams: Object.fromEntries(
      plan.upstreams.map(({ id, region }, index) => [
        id,
        { port: 20_001 + index, readinessPort: 21_001 + index, roundTripMs: roundTripTo(region, away) },
      ]),
    ),
    adminPort: 9901,
    certificate: { certificateFile: "certificate.pem", keyFile: "key.pem" },
    regionsByDistance: away.map(({ region }) => region),
  });
}
