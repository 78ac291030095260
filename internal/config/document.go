package config

// document is the file as it is written. Only this package sees it.
type document struct {
	Azure      *azureDoc   `yaml:"azure"`
	Routers    []routerDoc `yaml:"routers"`
	Sites      []siteDoc   `yaml:"sites"`
	Require    []string    `yaml:"require"`
	Protected  []flowDoc   `yaml:"protected"`
	Exempt     []flowDoc   `yaml:"exempt"`
	Links      []linkDoc   `yaml:"links"`
	Waivers    string      `yaml:"waivers"`
	Schedule   string      `yaml:"schedule"`
	RunAtStart bool        `yaml:"runAtStart"`
	Output     string      `yaml:"output"`
	Evidence   evidenceDoc `yaml:"evidence"`
	Retention  retainDoc   `yaml:"retention"`
	Policies   policiesDoc `yaml:"policies"`
	// RoutersAtOnce is how many routers are logged in to at the same time.
	RoutersAtOnce int `yaml:"routersAtOnce"`
}

type azureDoc struct {
	Subscriptions       []string  `yaml:"subscriptions"`
	Cloud               string    `yaml:"cloud"`
	Endpoint            string    `yaml:"endpoint"`
	Authority           string    `yaml:"authority"`
	Audience            string    `yaml:"audience"`
	CAFile              string    `yaml:"caFile"`
	Tenant              string    `yaml:"tenant"`
	Client              string    `yaml:"client"`
	Secret              secretDoc `yaml:"secret"`
	Certificate         secretDoc `yaml:"certificate"`
	CertificatePassword secretDoc `yaml:"certificatePassword"`
}

type routerDoc struct {
	Name             string    `yaml:"name"`
	Address          string    `yaml:"address"`
	Platform         string    `yaml:"platform"`
	User             string    `yaml:"user"`
	Password         secretDoc `yaml:"password"`
	Key              secretDoc `yaml:"key"`
	Passphrase       secretDoc `yaml:"passphrase"`
	Certificate      string    `yaml:"certificate"`
	Agent            bool      `yaml:"agent"`
	KnownHosts       string    `yaml:"knownHosts"`
	LegacyAlgorithms bool      `yaml:"legacyAlgorithms"`
	Jump             []jumpDoc `yaml:"jump"`
	ConnectTimeout   string    `yaml:"connectTimeout"`
	CommandTimeout   string    `yaml:"commandTimeout"`
	IdleTimeout      string    `yaml:"idleTimeout"`
}

type jumpDoc struct {
	Address          string    `yaml:"address"`
	User             string    `yaml:"user"`
	Password         secretDoc `yaml:"password"`
	Key              secretDoc `yaml:"key"`
	Passphrase       secretDoc `yaml:"passphrase"`
	Certificate      string    `yaml:"certificate"`
	Agent            bool      `yaml:"agent"`
	KnownHosts       string    `yaml:"knownHosts"`
	LegacyAlgorithms bool      `yaml:"legacyAlgorithms"`
}

type siteDoc struct {
	Name     string   `yaml:"name"`
	Routers  []string `yaml:"routers"`
	Prefixes []string `yaml:"prefixes"`
}

// linkDoc is the router at the end of a link.
type linkDoc struct {
	Link   string `yaml:"link"`
	Router string `yaml:"router"`
}

// flowDoc is a protected or an exempt flow.
type flowDoc struct {
	OnPrem  string   `yaml:"onprem"`
	Azure   string   `yaml:"azure"`
	Require []string `yaml:"require"` // of protected ones
	Reason  string   `yaml:"reason"`  // of exempt ones, as is Expires
	Expires string   `yaml:"expires"`
}

type policiesDoc struct {
	Dirs       []string       `yaml:"dirs"`
	Key        string         `yaml:"key"`
	Parameters map[string]any `yaml:"parameters"`
	Disable    []disableDoc   `yaml:"disable"`
}

// disableDoc is a policy that is switched off.
type disableDoc struct {
	ID     string `yaml:"id"`
	Reason string `yaml:"reason"`
}

type evidenceDoc struct {
	SealKey secretDoc `yaml:"sealKey"`
}

type retainDoc struct {
	KeepLast int    `yaml:"keepLast"`
	KeepFor  string `yaml:"keepFor"`
}

// secretDoc is where a secret is; it is never in the file itself.
type secretDoc struct {
	Env  string `yaml:"env"`
	File string `yaml:"file"`
}
