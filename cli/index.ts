#!/usr/bin/env node
import { Command, Option } from "commander";
import { type CheckOptions, check } from "./check";

const program = new Command("global-ai-api")
  .description("Checks for an AI API behind one global address on Google Cloud")
  .exitOverride();

program
  .command("check")
  .description(
    "judge Terraform JSON by the rulebook: exit code 0 without errors, 1 with findings of severity error, 2 for unusable input",
  )
  .argument("<path...>", "*.tf.json files, or folders that are searched for them")
  .option("--json", "print an array of {rule, severity, address, path, message, fix, source}")
  .addOption(new Option("--severity <least>", "least severity shown").choices(["error", "warning"]).default("warning"))
  .action((paths: string[], options: CheckOptions) => {
    const { exitCode, stdout, stderr } = check(paths, options);
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
