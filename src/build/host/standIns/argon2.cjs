// Stands for the package argon2, which hashes the passwords of a VS Code server. Ours is started with `--auth none` and has none.
const refuse = () => {
  throw new Error('This server is installed without passwords. Start it with --auth none.');
};

module.exports = { hash: refuse, verify: refuse };
