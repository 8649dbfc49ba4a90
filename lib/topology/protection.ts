import { blockOf, type Resource } from "./document";
import type { Topology } from "./topology";
import { booleanOf } from "./value";

/** Whether a resource says that it must not be destroyed: what one does in production. */
export function isProtected({ values }: Resource): boolean {
  return [values.deletion_protection, blockOf(values.lifecycle)?.prevent_destroy].some((each) => booleanOf(each));
}

const readProtected = ({ document }: Topology) => document.resources.some((each) => !each.isData && isProtected(each));

/** Whether something of the document must not be destroyed: it is no environment for trials. */
export const isProduction = (topology: Topology): boolean => topology.once(readProtected);
