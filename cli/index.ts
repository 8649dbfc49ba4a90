#!/usr/bin/env node
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Command, Option } from "commander";
import { type CheckOptions, check } from "./check";

const { version } = JSON.parse(readFileSync(packageFile(), "utf8")) as { version: string };

const program = new Command("global-ai-api")
  .description("Checks for an AI API behind one global address on Google Cloud")
  .version(version)
  .exitOverride();

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
    const { exitCode, stdout, stderr } = check(paths, { ...options, format, color, version });
    process.stdout.write(stdout);
    process.stderr.write(stderr);
    process.exitCode = exitCode;
  });

try {
  program.parse();
} catch (error) {
  // commander has printed its message; help and version are no failure, everything else is unusable
  // input.
  const { exitCode = 2 } = error as { exitCode?: number };
  process.exitCode = exitCode === 0 ? 0 : 2;
}

/** This file is in cli/, or compiled in dist/cli/. */
function packageFile(): string {
  const beside = join(__dirname, "../package.json");
  return existsSync(beside) ? beside : join(__dirname, "../../package.json");
}
