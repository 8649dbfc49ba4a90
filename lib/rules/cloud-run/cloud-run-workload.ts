/** For the rules that are not converted yet. */
export { nested } from "../../topology/place";
export { containersOf, servicesOf, type Workload, workloadsOf } from "../../topology/workloads";
