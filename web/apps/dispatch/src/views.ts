// Filters with a name, kept at this desk: pure.
import { everything, type Filter } from "./orders";

export interface View { name: string; zone: string; filter: Filter }
const kept = 20;

/** The newest last; one of the same name is replaced. */
export const withView = (views: readonly View[], view: View): View[] =>
  [...views.filter(({ name }) => name !== view.name), view].slice(-kept);
export const withoutView = (views: readonly View[], name: string): View[] => views.filter((one) => one.name !== name);
/** What was kept before a filter had something more. */
export const filterOf = ({ filter }: View): Filter => ({ ...everything, ...filter });
/** Whether this view is what one looks at. */
export const isShown = (view: View, filter: Filter, zone: string) =>
  view.zone === zone && JSON.stringify(filterOf(view)) === JSON.stringify({ ...everything, ...filter });
