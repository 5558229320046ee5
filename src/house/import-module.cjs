// @ts-check
// Stands beside the command as a file of its own: the command's chunks are run as scripts, in which import() is not allowed.
/** @param {string} url */
module.exports = (url) => import(url);
