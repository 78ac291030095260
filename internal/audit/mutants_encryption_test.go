package audit_test

// encryptionMutants are mistakes in connections, tunnels and gateways.
func encryptionMutants() []mutant {
	return nil
}
