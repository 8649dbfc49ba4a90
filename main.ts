import { App } from "cdktf";
import { ValidationError } from "./lib/core/errors";
import { AiApiStack } from "./stacks/ai-api-stack";
import { resolveEnvironment } from "./stacks/environment";
import { environments } from "./stacks/environments";

try {
  const app = new App();
  new AiApiStack(app, "dev", resolveEnvironment("dev", environments, process.env));
  new AiApiStack(app, "prod", resolveEnvironment("prod", environments, process.env));
  app.synth();
} catch (error) {
  // The message of a mistake in the settings says where it is; the stack trace would only say where
  // it was noticed.
  if (!(error instanceof ValidationError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
