package openai

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"os"

	"sightline/backend/fault"
)

// maxCAFile is far more than all the authorities of the world take, in bytes.
const maxCAFile = 4 << 20

// trust is whom certificates are believed from: the system's authorities, and those in the PEM file of that name. No file: nil, which is the
// system's alone.
func trust(file string) (*tls.Config, error) {
	if file == "" {
		return nil, nil
	}
	pem, err := readCAFile(file)
	if err != nil {
		return nil, badCAFile("The certificate file %s cannot be read.", file, "Check its name and that you may read it.", err)
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool() // a system without authorities of its own
	}
	if !roots.AppendCertsFromPEM(pem) {
		return nil, badCAFile("There is no certificate in %s.", file, "Choose the PEM file of the authority, which begins with -----BEGIN CERTIFICATE-----.", nil)
	}
	return &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}, nil
}

// readCAFile reads plain files only: opening a pipe could wait for ever.
func readCAFile(name string) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxCAFile {
		return nil, errors.New("not a plain file of a certificate's size")
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxCAFile))
}

func badCAFile(format, file, hint string, cause error) error {
	return &fault.Error{Code: "backend.ca_file", Message: fmt.Sprintf(format, file), Hint: hint, Blame: fault.Us, Cause: cause}
}
