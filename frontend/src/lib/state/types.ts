export type * from '../bridge/types';
