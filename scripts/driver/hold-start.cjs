/**
 * Loaded into the app before its own code (electron -r): the app is not told that Electron is ready before its driver is
 * connected. One that connects while the first page is on its way may never hear that it has come, and waits for ever.
 * The name of the function is Playwright's, which calls it when it is there.
 */
const { app } = require("electron");

const whenReady = app.whenReady.bind(app);
const driven = new Promise((resolve) => {
  globalThis.__playwright_run = resolve;
});
app.whenReady = () => driven.then(whenReady);
