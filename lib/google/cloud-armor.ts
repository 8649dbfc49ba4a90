import type { ResourceType } from "./resource-type";

export const cloudArmorTypes: readonly ResourceType[] = [];
