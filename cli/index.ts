#!/usr/bin/env node
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Command, Option } from "commander";
import type * as Changes from "./changes";
import type * as Check from "./check";
import type { CommandResult } from "./command";
import type * as Cost from "./cost";
import type * as Init from "./init";
import type * as Preview from "./preview";
import type * as Quota from "./quota";
import type * as Regions from "./regions";
import type * as Report from "./report";
import type * as Show from "./show";

// Each command loads its own part, when it is asked for.
const own = JSON.parse(readFileSync(packageFile(), "utf8")) as Init.Manifest;
const { version } = own;

const program = new Command("global-ai-api")
  .description("Checks for an AI API behind one global address on Google Cloud")
  .version(version)
  .exitOverride();

program
  .command("init")
  .description("write a new app: package.json, cdktf.json, main.ts and a workflow that plans; nothing is overwritten")
  .argument("[folder]", "where to", ".")
  .addOption(new Option("--language <language>", "of the app").choices(["typescript"]).default("typescript"))
  .action((folder: string) => print((require("./init") as typeof Init).init(folder, own)));

program
  .command("show")
  .description("say what the stacks of a synth will be: regions, services, routes, addresses, checks")
  .argument("<path...>", "*.tf.json files, or folders that are searched for them")
  .action((paths: string[]) => print((require("./show") as typeof Show).show(paths)));

program
  .command("report")
  .description("write one HTML file for each stack that shows what will be deployed; exit code 2 for unusable input")
  .argument("[path...]", "*.tf.json files, or folders that are searched for them", ["cdktf.out"])
  .option("--open", "open it with the system's browser")
  .option("--svg", "write its drawings beside it: map and request path as SVG, the path as Mermaid")
  .option("--against <path>", "another synth to compare with")
  .option("--out <folder>", "where to (default: report/ in the first folder)")
  .action((paths: string[], options: Report.ReportOptions) =>
    print((require("./report") as typeof Report).report(paths, options)),
  );

program
  .command("check")
  .description(
    "judge Terraform JSON by the rulebook: exit code 0 without errors, 1 with findings of severity error, 2 for unusable input",
  )
  .argument("<path...>", "*.tf.json files, or folders that are searched for them")
  .addOption(new Option("--format <format>", "what to print").choices(["text", "json", "sarif"]).default("text"))
  .option(
    "--json",
    "the same as --format json: {document, rule, severity, address, path, attribute, message, fix, source}",
  )
  .addOption(new Option("--severity <least>", "least severity shown").choices(["error", "warning"]).default("warning"))
  .option("--verbose", "every place, with reason and source")
  .action((paths: string[], { json, ...options }: Check.CheckOptions & { json?: boolean }) => {
    const format = json ? "json" : options.format;
    const color = process.stdout.isTTY === true && process.env.NO_COLOR === undefined;
    print((require("./check") as typeof Check).check(paths, { ...options, format, color, version }));
  });

program
  .command("changes")
  .description(
    "say what a deploy of NEW does to what OLD has made: exit code 1 where something is endangered, 2 for unusable input",
  )
  .argument("<old>", "folder or file of the deployed synth")
  .argument("<new>", "folder or file of the next one")
  .option("--json", "print an array of {document, changes, remarks}")
  .action((old: string, now: string, options: Changes.ChangesOptions) =>
    print((require("./changes") as typeof Changes).changes(old, now, options)),
  );

program
  .command("regions")
  .description("choose regions for clients: exit code 2 for unusable input and constraints that contradict each other")
  .option("--count <n>", "how many regions", "3")
  .option("--regions <list>", "judge these regions instead of choosing some")
  .addOption(new Option("--objective <what>", "latency to minimize").choices(["mean", "p95", "worst"]).default("mean"))
  .option("--demand <file>", "clients as CSV: latitude, longitude, weight and, optionally, country")
  .option("--countries <list>", "clients by country: DE,FR or DE:3,FR:1")
  .option("--cities <list>", 'clients by city: "Berlin:3;London, GB:1"')
  .option("--without <list>", "all internet users but those of these countries")
  .option("--require <list>", "regions that must be chosen")
  .option("--forbid <list>", "regions that must not")
  .option("--residency <countries=regions...>", "clients that only some regions may serve: DE,FR=europe-west3")
  .option("--gpu <gpu>", "sold there: l4, rtx-pro-6000 or a machine type")
  .option("--invited", "count regions that sell the GPU by invitation, too")
  .option("--max-tier <tier>", "highest price tier of Cloud Run, 1 or 2")
  .option("--max-co2 <grams>", "highest carbon intensity of the grid, gCO2eq/kWh")
  .option("--max-usd <usd>", "what the minimum instances may cost a month in all regions together")
  .option("--cpu <n>", "vCPUs of an instance, for its price")
  .option("--memory-gib <n>", "GiB of an instance, for its price")
  .option("--warm <n>", "minimum instances in each region, for the price")
  .option("--cold <list>", "regions without minimum instances")
  .option("--cold-start <ms>", "what a request waits there, on average")
  .option("--last-mile <ms>", "round trip in the clients' own network")
  .option("--first-token <ms>", "what the server takes to its first byte; of a model, its first token")
  .option("--measured <file>", "calibrate by CSV: country, region, client_rtt_msec and, optionally, requests")
  .option("--prices <file>", "own prices as JSON")
  .option("--model", "say what the model predicts and how well")
  .option("--check-model <file>", "the same against CSV of one's own: from, to, rtt_ms")
  .option("--json", "print the plan as JSON")
  .action((options: Regions.RegionsOptions) => print((require("./regions") as typeof Regions).regions(options)));

program
  .command("cost")
  .description("say what is paid while nobody uses it, and by use: exit code 1 above the budget, 2 for unusable input")
  .argument("<path...>", "*.tf.json files, or folders that are searched for them")
  .addOption(new Option("--format <format>", "what to print").choices(["text", "json", "markdown"]).default("text"))
  .option("--against <path>", "another synth to compare with")
  .option("--prices <file>", 'own prices as JSON: {"cloud-run/nvidia-l4@tier2": 0.0002}')
  .option("--budget <usd>", "most that may be paid a month while nobody uses it")
  .option("--seconds-per-request <s>", "how long a request keeps an instance")
  .option("--parallel <n>", "how many requests an instance serves at once, on average")
  .option("--tokens-per-second <n>", "tokens that an instance generates, over all its requests")
  .action((paths: string[], options: Cost.CostOptions) =>
    print((require("./cost") as typeof Cost).cost(paths, options)),
  );

program
  .command("quota")
  .description("list the quotas that the documents need: exit code 2 for unusable input")
  .argument("<path...>", "*.tf.json files, or folders that are searched for them")
  .option("--json", "print an array of {document, needs, gaps}")
  .option("--request <email>", "print Terraform JSON that asks Google for them, in the name of this account")
  .action((paths: string[], options: Quota.QuotaOptions) =>
    print((require("./quota") as typeof Quota).quota(paths, options)),
  );

program
  .command("preview")
  .description(
    "run a stack on this machine, by Envoy: exit code 1 where a drill's expectations do not hold, 2 for unusable input",
  )
  .argument("<path...>", "*.tf.json files, or folders that are searched for them")
  .option("--from <place>", "where the client is: a city, a region, or latitude,longitude")
  .option(
    "--serve <name=command...>",
    "what runs in the regions: a command, image:REFERENCE, or a folder with npm start",
  )
  .option("--drill <file>", "a failover drill as JSON: load, steps and what is expected")
  .option("--requests", "print a line of JSON for each request")
  .option("--config", "print the Envoy configuration and run nothing")
  .option("--docker", "run Envoy in Docker")
  .action(async (paths: string[], options: Preview.PreviewOptions) => {
    // Loaded only here: servers and certificates would slow every other command down.
    const { preview } = require("./preview") as typeof Preview;
    print(await preview(paths, options));
    // Standard input and what a program failed to start may be left; nothing else is.
    process.exit();
  });

try {
  program.parse();
} catch (error) {
  // commander has printed its message; help and version are no failure, everything else is unusable
  // input.
  const { exitCode = 2 } = error as { exitCode?: number };
  process.exitCode = exitCode === 0 ? 0 : 2;
}

function print({ exitCode, stdout, stderr }: CommandResult): void {
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  process.exitCode = exitCode;
}

/** This file is in cli/, or compiled in dist/cli/. */
function packageFile(): string {
  const beside = join(__dirname, "../package.json");
  return existsSync(beside) ? beside : join(__dirname, "../../package.json");
}
