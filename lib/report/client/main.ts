import { openResources } from "./resource-dialog";
import { askRoutes } from "./route-field";
import { computeUseCost } from "./use-cost";

openResources();
askRoutes();
computeUseCost();
