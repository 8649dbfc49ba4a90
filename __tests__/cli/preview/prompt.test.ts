import { PassThrough } from "node:stream";
import { openPrompt } from "../../../cli/preview/prompt";
import type { RunningPreview } from "../../../cli/preview/running-preview";

const stdin = Object.getOwnPropertyDescriptor(process, "stdin")!;
afterEach(() => {
  Object.defineProperty(process, "stdin", stdin);
  jest.restoreAllMocks();
});

test.each([
  ["ends everything", "in a terminal", true, 1],
  ["ends nothing", "elsewhere", false, 0],
])("the end of the input %s %s", async (_ends, _where, isTTY, times) => {
  jest.spyOn(process.stdout, "write").mockReturnValue(true);
  const input = Object.assign(new PassThrough(), { isTTY, setRawMode: () => {} });
  Object.defineProperty(process, "stdin", { value: input, configurable: true });
  const quit = jest.fn();
  openPrompt({ targets: [] } as unknown as RunningPreview, quit);
  input.end();
  await new Promise((done) => setTimeout(done, 50));
  expect(quit).toHaveBeenCalledTimes(times);
});
