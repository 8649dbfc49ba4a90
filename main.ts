import { App } from "cdktf";
import { AiApiStack } from "./stacks/ai-api-stack";
import { resolveEnvironment } from "./stacks/environment";
import { environments } from "./stacks/environments";

const app = new App();
new AiApiStack(app, "dev", resolveEnvironment("dev", environments, process.env));
new AiApiStack(app, "prod", resolveEnvironment("prod", environments, process.env));
app.synth();
