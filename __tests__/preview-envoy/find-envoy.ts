import { findEnvoy } from "../../cli/preview/envoy-binary";

/** Before the suites: tells them where Envoy is, and downloads it where it is not at hand. */
export default async function setup(...config: unknown[]): Promise<void> {
  const own = require("../../scripts/test-setup.cjs") as (...config: unknown[]) => Promise<void>;
  await own(...config);
  const [program] = await findEnvoy((line) => console.error(line));
  process.env.ENVOY = program;
}
