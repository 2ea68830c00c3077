package archive

// stream is a file that grows by whole pieces, and is made with the first one.
type stream struct {
	files Files
	path  string

	file  File
	size  int64 // bytes of whole pieces
	torn  bool  // a piece came short: a part of it may follow
	dirty bool  // something is not synced
}

func (s *stream) write(piece []byte) error {
	if s.file == nil {
		f, err := s.files.Append(s.path)
		if err != nil {
			return err
		}
		s.file = f
	}
	if _, err := s.file.Write(piece); err != nil {
		s.torn = true
		return err
	}
	s.size += int64(len(piece))
	s.dirty = true
	return nil
}

func (s *stream) sync() error {
	if !s.dirty {
		return nil
	}
	if err := s.file.Sync(); err != nil {
		return err
	}
	s.dirty = false
	return nil
}

// mend cuts off a piece that came short.
func (s *stream) mend() error {
	if !s.torn {
		return nil
	}
	if err := s.files.Truncate(s.path, s.size); err != nil {
		return err
	}
	s.torn = false
	return nil
}

func (s *stream) close() error {
	if s.file == nil {
		return nil
	}
	return s.file.Close()
}
