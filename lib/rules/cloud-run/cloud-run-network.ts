import { locationOf } from "../../topology/location";
import type { Topology } from "../../topology/topology";

/** For the rules that are not converted yet. */
export const keyLocation = ({ document }: Topology, value: unknown) => locationOf(document, value);
