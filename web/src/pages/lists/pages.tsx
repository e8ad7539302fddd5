/** The three lists: the same page for three kinds. */
import { ListPage } from './ListPage.tsx'

export const ApplicationsPage = () => <ListPage kind="app" />
export const ServicesPage = () => <ListPage kind="service" />
export const WorkloadsPage = () => <ListPage kind="workload" />
