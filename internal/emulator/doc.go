// Package emulator is Azure and on-premises routers in one process, for the demo
// and the tests: Azure Resource Manager with Entra ID over real TLS, and router
// command lines over real SSH, each answering from files laid out like an
// evidence directory. It shares no code with the clients that talk to it, so it
// agrees with them only where both agree with the protocol.
package emulator
