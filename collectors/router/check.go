package router

import "context"

// Check connects, checks the host key, logs in, learns the prompt, and ends the
// session without a command. It returns the fingerprint of the host key.
func (c *Collector) Check(ctx context.Context) (fingerprint string, err error) {
	s, err := c.connect(ctx)
	if err != nil {
		return "", err
	}
	defer s.close()
	return s.fingerprint, nil
}
