import { createInterface } from "node:readline";
import { ValidationError } from "../../lib/core/errors";
import { REGION_COMMANDS } from "../../lib/preview/command";
import { table } from "../table";
import type { RunningPreview } from "./running-preview";
import { statusTable } from "./status";

const HELP = table(
  [
    ...Object.entries(REGION_COMMANDS).map(([name, what]) => [`${name} TARGET`, what]),
    ["from PLACE", "move the client: a city, a region, or latitude,longitude"],
    ["status", "what was done, and where requests went"],
    ["quit", "end the preview"],
  ],
  "  ",
);

/** Takes commands from standard input until `quit`, or Ctrl-D in a terminal. Elsewhere its end ends nothing. */
export function openPrompt(preview: RunningPreview, quit: () => void): { readonly close: () => void } {
  const prompt = createInterface({ input: process.stdin, output: process.stdout, prompt: "> " });
  const isTerminal = process.stdin.isTTY === true;
  let before: Promise<void> = Promise.resolve();
  const answer = async (line: string): Promise<string> => {
    if (line === "") return "";
    if (line === "help") return `${HELP}\n  TARGET is one of ${preview.targets.join(", ")}`;
    if (line === "status") return await statusTable(preview);
    return await preview.run(line);
  };
  prompt
    .on("line", (given) => {
      const line = given.trim();
      if (line === "quit" || line === "exit") {
        void before.then(quit);
        return;
      }
      // One after the other: a script does not wait for answers.
      before = before
        .then(() => answer(line))
        .catch((error: unknown) => {
          if (error instanceof ValidationError) return error.message;
          throw error;
        })
        .then((text) => {
          if (text !== "") console.log(text);
          if (isTerminal) prompt.prompt();
        });
    })
    // In a terminal, readline hears Ctrl-C instead of the process.
    .on("SIGINT", quit)
    .on("close", () => {
      if (isTerminal) quit();
    });
  if (isTerminal) prompt.prompt();
  return prompt;
}
