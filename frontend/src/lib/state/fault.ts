export { Fault } from '../bridge';
