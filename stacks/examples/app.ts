import { App } from "cdktf";
import { AnycastInstancesStack } from "./anycast-instances";
import { RegionalProcessingStack } from "./regional-processing";

const app = new App();
new AnycastInstancesStack(app, "anycast-instances");
new RegionalProcessingStack(app, "regional-processing");
app.synth();
