import { findEnvoy } from "../../cli/preview/envoy-binary";

/** Prints where Envoy is; downloads it where it is not at hand. */
findEnvoy((line) => console.error(line)).then(
  ([program]) => console.log(program),
  (error: Error) => {
    console.error(error.message);
    process.exitCode = 2;
  },
);
