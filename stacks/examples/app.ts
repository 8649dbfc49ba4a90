import { App } from "cdktf";
import { AnycastInstancesStack } from "./anycast-instances";
import { ProcessingStack } from "./processing";

const app = new App();
new AnycastInstancesStack(app, "anycast-instances");
new ProcessingStack(app, "processing");
app.synth();
