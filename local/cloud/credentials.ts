/** The emulators take any; these are no one's. */
export const localCredentials = { accessKeyId: 'local', secretAccessKey: 'local' };
