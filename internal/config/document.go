package config

// document is the file as it is written. Only this package sees it.
type document struct {
	Azure      *azureDoc   `yaml:"azure"`
	Routers    []routerDoc `yaml:"routers"`
	Sites      []siteDoc   `yaml:"sites"`
	Require    []string    `yaml:"require"`
	Schedule   string      `yaml:"schedule"`
	RunAtStart bool        `yaml:"runAtStart"`
	Output     string      `yaml:"output"`
	Policies   policiesDoc `yaml:"policies"`
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
	Name       string    `yaml:"name"`
	Address    string    `yaml:"address"`
	Platform   string    `yaml:"platform"`
	User       string    `yaml:"user"`
	Password   secretDoc `yaml:"password"`
	Key        secretDoc `yaml:"key"`
	Passphrase secretDoc `yaml:"passphrase"`
	KnownHosts string    `yaml:"knownHosts"`
	Agent      bool      `yaml:"agent"`
}

type siteDoc struct {
	Name     string   `yaml:"name"`
	Routers  []string `yaml:"routers"`
	Prefixes []string `yaml:"prefixes"`
}

type policiesDoc struct {
	Dirs []string `yaml:"dirs"`
}

// secretDoc is where a secret is; it is never in the file itself.
type secretDoc struct {
	Env  string `yaml:"env"`
	File string `yaml:"file"`
}
