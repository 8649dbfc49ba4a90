#!/usr/bin/env node
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Command, Option } from "commander";
import { type ChangesOptions, changes } from "./changes";
import { type CheckOptions, type CheckResult, check } from "./check";
import { init, type Manifest } from "./init";
import { show } from "./show";

const own = JSON.parse(readFileSync(packageFile(), "utf8")) as Manifest;
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
  .action((folder: string) => print(init(folder, own)));

program
  .command("show")
  .description("say what the stacks of a synth will be: regions, services, routes, addresses, checks")
  .argument("<path...>", "*.tf.json files, or folders that are searched for them")
  .action((paths: string[]) => print(show(paths)));

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
  .action((paths: string[], { json, ...options }: CheckOptions & { json?: boolean }) => {
    const format = json ? "json" : options.format;
    const color = process.stdout.isTTY === true && process.env.NO_COLOR === undefined;
    print(check(paths, { ...options, format, color, version }));
  });

program
  .command("changes")
  .description(
    "say what a deploy of NEW does to what OLD has made: exit code 1 where something is endangered, 2 for unusable input",
  )
  .argument("<old>", "folder or file of the deployed synth")
  .argument("<new>", "folder or file of the next one")
  .option("--json", "print an array of {document, changes, remarks}")
  .action((old: string, now: string, options: ChangesOptions) => print(changes(old, now, options)));

try {
  program.parse();
} catch (error) {
  // commander has printed its message; help and version are no failure, everything else is unusable
  // input.
  const { exitCode = 2 } = error as { exitCode?: number };
  process.exitCode = exitCode === 0 ? 0 : 2;
}

function print({ exitCode, stdout, stderr }: CheckResult): void {
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  process.exitCode = exitCode;
}

/** This file is in cli/, or compiled in dist/cli/. */
function packageFile(): string {
  const beside = join(__dirname, "../package.json");
  return existsSync(beside) ? beside : join(__dirname, "../../package.json");
}
