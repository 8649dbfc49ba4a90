/** For rules that are not in tables yet. */
export { fits, isHttp, isServerless, protocolOf, schemeOf } from "../../topology/backends";
