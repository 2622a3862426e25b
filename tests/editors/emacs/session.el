;; emacs --batch -l session.el CONFIG FILE: with the documented configuration, a comment is carried
;; out, undone, and a place explained. Says what it has seen; ends with an error where it has not.
;; Emacs brings eglot since 29; before, it is a package.
(unless (require 'eglot nil t)
  (package-initialize)
  (require 'eglot))
(setq eglot-sync-connect 30 eglot-autoshutdown nil)
;; Nobody is there to say yes; the second is its name before Emacs 30.
(setq eglot-confirm-server-edits nil eglot-confirm-server-initiated-edits nil)
(load (nth 0 command-line-args-left) nil t)
(defvar homespun-file (nth 1 command-line-args-left))
(setq command-line-args-left nil)

(defun homespun-wait (what test)
  (let ((until (+ (float-time) 40)))
    (while (not (funcall test))
      (when (> (float-time) until)
        (error "Gave up waiting for %s: %s" what (buffer-string)))
      (accept-process-output nil 0.05)
      ;; An idle timer tells what was changed; in batch mode none runs.
      (when (eglot-current-server)
        (eglot--signal-textDocument/didChange))))
  (message "ok %s" what))

(defun homespun-execute (action)
  "Do ACTION, as Emacs 30 does it or as those before did."
  (let ((server (eglot-current-server)) (command (plist-get action :command)))
    (if (fboundp 'eglot-execute)
        (eglot-execute server action)
      (let ((command (if (stringp command) action command)))
        (eglot-execute-command server
                               (intern (plist-get command :command))
                               (plist-get command :arguments))))))

(defun homespun-action (kind)
  "Do the code action of KIND at point."
  (let ((actions (eglot-code-actions (point) (point) kind)))
    (unless (= (length actions) 1)
      (error "%s actions of kind %s" (length actions) kind))
    (homespun-execute (aref (vconcat actions) 0))))

(find-file homespun-file)
(let ((before (buffer-string)) (file (current-buffer)))
  (apply #'eglot--connect (eglot--guess-contact))
  (homespun-wait "the connection" #'eglot-current-server)
  (goto-char (point-min))
  (search-forward "homespun:")
  (homespun-action "refactor.rewrite.homespun.comment")
  (homespun-wait "the edit" (lambda () (string-search "return a + b" (buffer-string))))
  (homespun-execute '(:title "Undo" :command "homespun.undo"))
  (homespun-wait "the undo" (lambda () (string= before (buffer-string))))
  (goto-char (point-min))
  (forward-line 2)
  (homespun-action "homespun.explain")
  ;; Before Emacs 30 no document can be shown: there it is a message, and hovering.
  (when (fboundp 'eglot-execute)
    (homespun-wait "the explanation"
                   (lambda () (seq-find (lambda (buffer)
                                          (string-match-p "explanation.md" (buffer-name buffer)))
                                        (buffer-list)))))
  (with-current-buffer file
    (homespun-wait
     "the hover"
     (lambda () (string-search
                 "It adds"
                 (format "%s" (jsonrpc-request (eglot-current-server) :textDocument/hover
                                               (eglot--TextDocumentPositionParams))))))))
(message "all done")
