class A : public B {
    Q_OBJECT
public slots:
    void f();
signals:
    void g();
};
