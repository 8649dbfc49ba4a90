const { lazily } = require("../../scripts/lazy-bindings.cjs") as { lazily: (code: string) => string };

const compiled = `"use strict";
const network_1 = require("@cdktf/provider-google/lib/compute-network");
const image_1 = require("@cdktf/provider-docker/lib/image");
const cdktf_1 = require("cdktf");
exports.create = () => [new network_1.ComputeNetwork("a"), image_1.Image, network_1.ComputeNetwork];
`;

/** Runs code with a `require` that notes what is asked for. */
function load(code: string) {
  const asked: string[] = [];
  class Resource {
    public constructor(public readonly id: string) {}
  }
  const require = (name: string) => {
    asked.push(name);
    return { ComputeNetwork: Resource, Image: Resource };
  };
  const exports: { create?: () => unknown[] } = {};
  new Function("require", "exports", code)(require, exports);
  return { asked, exports, Resource };
}

test("bindings are loaded when they are first used, once; everything else as ever", () => {
  const { asked, exports, Resource } = load(lazily(compiled));
  expect(asked).toEqual(["cdktf"]);
  expect(exports.create!()).toEqual([new Resource("a"), Resource, Resource]);
  exports.create!();
  expect(asked).toEqual(["cdktf", "@cdktf/provider-google/lib/compute-network", "@cdktf/provider-docker/lib/image"]);
});

test("lines stay where they were, for stack traces, and the code stays strict", () => {
  const lines = lazily(compiled).split("\n");
  expect(lines).toHaveLength(compiled.split("\n").length);
  expect(lines.slice(3)).toEqual(compiled.split("\n").slice(3));
  expect(lines[0]).toMatch(/^"use strict";/);
});

test("a command stays one", () => {
  const [command, rest] = lazily(`#!/usr/bin/env node\n${compiled}`).split(/\n(.*)/s);
  expect(command).toBe("#!/usr/bin/env node");
  expect(rest).toMatch(/^"use strict"; const lazyBinding/);
});
