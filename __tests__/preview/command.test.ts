import { parseCommand } from "../../lib/preview/command";

const TARGETS = ["europe-west1", "api@europe-west1", "us-central1", "api@us-central1"];

test.each([
  ["stop europe-west1", { do: "stop", target: "europe-west1" }],
  ["  drain   api@us-central1 ", { do: "drain", target: "api@us-central1" }],
  ["slow us-central1 300ms", { do: "slow", target: "us-central1", ms: 300 }],
  ["slow us-central1 1.5s", { do: "slow", target: "us-central1", ms: 1500 }],
  ["slow us-central1 20", { do: "slow", target: "us-central1", ms: 20 }],
  ["from São Paulo", { do: "from", place: "São Paulo" }],
])("reads %s", (line, command) => {
  expect(parseCommand(line, TARGETS)).toEqual(command);
});

test.each([
  ["stopp europe-west1", 'did you mean "stop"?'],
  ["stop europe-west2", 'did you mean "europe-west1"?'],
  ["stop", "name one of these"],
  ["slow europe-west1", "slow europe-west1 300ms"],
  ["slow europe-west1 fast", "a time such as 300ms or 2s"],
  ["from", "from tokyo"],
])("fails for %s", (line, message) => {
  expect(() => parseCommand(line, TARGETS)).toThrow(message);
});
